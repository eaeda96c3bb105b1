"""Can tonight's run succeed? In: config. Out: findings, each with what to do. Edge: looks at everything."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from flows.config import Config
from flows.ears import transcribe_options
from flows.night import model_warnings
from flows.server import is_healthy
from flows.status import backlog
from flows.work import load_taggers
from tagging.errors import TaggingError
from transcribe.errors import TranscribeError
from transcribe.recognise.engines import require_engine
from transcribe.weights import find_weights
from warehouse.connect import open_reading
from warehouse.errors import WarehouseError
from warehouse.libraries import CASES_DIR, load_libraries

MIN_FREE_GB = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    is_ok: bool
    message: str


def examine(config: Config) -> list[Finding]:
    """Return what was found, in a fixed order; nothing is changed but that weights may be converted."""
    looks: tuple[tuple[str, Callable[[Config], str]], ...] = (
        ("数据目录", _data_dir),
        ("磁盘", _disk),
        ("投放目录", _inbox),
        ("权重", _weights),
        ("识别引擎", _engine),
        ("词库与分类器", _lexicons),
        ("案例库", _libraries),
        ("仓库", _warehouse),
        ("服务器", _server),
    )
    return [_look(name, look, config) for name, look in looks]


def _look(name: str, look: Callable[[Config], str], config: Config) -> Finding:
    try:
        return Finding(name, True, look(config))
    except (TranscribeError, TaggingError, WarehouseError, OSError) as err:
        return Finding(name, False, str(err))


def _data_dir(config: Config) -> str:
    probe = config.data_path / ".writable"
    config.data_path.mkdir(parents=True, exist_ok=True)
    probe.touch()
    probe.unlink()
    return f"{config.data_dir} 可写"


def _disk(config: Config) -> str:
    free_gb = shutil.disk_usage(config.data_path).free / 1e9
    if free_gb < MIN_FREE_GB:
        raise WarehouseError(f"只剩 {free_gb:.1f} GB，至少要 {MIN_FREE_GB:.0f} GB。请腾出空间。")
    return f"还有 {free_gb:.0f} GB"


def _inbox(config: Config) -> str:
    if not config.inbox_path.is_dir():
        raise WarehouseError(f"{config.inbox_path} 不存在。请建好它，或改正 inbox.folder。")
    return f"{config.inbox_path}，待处理 {len(backlog(config))} 夜"


def _weights(config: Config) -> str:
    weights = find_weights(config.recognition.weights, config.models_path)
    return f"{weights.name}（{weights.digest[:12]}）"


def _engine(config: Config) -> str:
    options = transcribe_options(config).recognise
    require_engine(options.engine)
    return f"{options.engine}，{options.device}，精度 {options.precision}，束宽 {options.beam_size}"


def _lexicons(config: Config) -> str:
    taggers = load_taggers(config)
    made_with = "、".join(f"{tagger.name} {tagger.digest[:8]}" for tagger in taggers)
    return "；".join([made_with, *model_warnings(taggers)])


def _libraries(config: Config) -> str:
    del config
    return "、".join(library.title for library in load_libraries(CASES_DIR))


def _warehouse(config: Config) -> str:
    if not config.warehouse_path.is_file():
        return "还没有发布过"
    open_reading(config.warehouse_path).close()
    return f"{config.warehouse_path} 可读"


def _server(config: Config) -> str:
    url = config.schedule.api_url
    if not url:
        return "没有配置常驻的 Prefect 服务器，每夜临时启动一个"
    if not is_healthy(url):
        raise WarehouseError(f"{url} 没有应答。请运行 prefect server start，或改正 schedule.api_url。")
    return f"{url} 正常"
