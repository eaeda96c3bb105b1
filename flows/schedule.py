"""Register the nightly deployment with the Prefect server. Edge file."""

import asyncio
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.config import Config
from flows.nightly import nightly

DEPLOYMENT = "nightly"


def register(config: Config, config_file: Path | None) -> str:
    """Create or update work pool and deployment; returns the deployment's full name.

    The deployment names the module, so a worker needs this installation and no copy of the code.
    """
    asyncio.run(_ensure_pool(config.schedule.work_pool))
    parameters = {
        "config_file": str(config_file.resolve()) if config_file else None,
        "data_dir": config.data_dir,
    }
    deployment = RunnerDeployment.from_flow(
        nightly,
        name=DEPLOYMENT,
        schedule=Cron(config.schedule.cron, timezone=config.timezone),
        work_pool_name=config.schedule.work_pool,
        parameters=parameters,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    deployment.apply()
    return f"{nightly.name}/{DEPLOYMENT}"


async def _ensure_pool(name: str) -> None:
    async with get_client() as client:
        try:
            await client.create_work_pool(WorkPoolCreate(name=name, type="process"))
        except ObjectAlreadyExists:
            return
