/** What both sides' canonical texts have in common. */

/** A source cell that the target cannot hold: a text that no target cell ever has. */
export const notCarried = "x";

/** Cells longer than this many bytes stand in a row by their digest, which bounds a row's length. */
export const longCell = 4096;
