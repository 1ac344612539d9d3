/** Words that SQLite never takes for a name unless they are quoted (https://sqlite.org/lang_keywords.html). */
export const reserved: ReadonlySet<string> = new Set(
  `ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE DEFAULT DEFERRABLE
   DELETE DISTINCT DROP ELSE ESCAPE EXCEPT EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTERSECT INTO IS
   ISNULL JOIN LIMIT NOT NOTHING NOTNULL NULL ON OR ORDER PRIMARY REFERENCES RETURNING SELECT SET TABLE THEN TO
   TRANSACTION UNION UNIQUE UPDATE USING VALUES WHEN WHERE`.split(/\s+/),
);

/** Words that may be a column's name but never an alias without AS. */
export const joinWords: ReadonlySet<string> = new Set(["CROSS", "FULL", "INNER", "LEFT", "NATURAL", "OUTER", "RIGHT"]);
