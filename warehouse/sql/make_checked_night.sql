-- The nights that checks look at.
CREATE OR REPLACE TEMP TABLE checked_night (night DATE);
