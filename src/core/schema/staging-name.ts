/** A run's schemas in the target; its id follows. */
export const stagingPrefix = "rowhaul_staging_";
export const asidePrefix = "rowhaul_aside_";
