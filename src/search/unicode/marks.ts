/**
 * Diacritic marks: they go on with a token whatever their category.
 * Made by scripts/search/probe-unicode.mjs from SQLite 3.53.2.
 */
export const marks = "300-304 306-30c 30f 311 31b 323-328 32d-32e 330-331";
