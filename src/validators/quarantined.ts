/** SQL condition: rows taken out while loading. Those taken out by a transform never were in the transformed snapshot. */
export const quarantinedByLoad = "rule NOT LIKE 'TRANSFORM\\_%'";
