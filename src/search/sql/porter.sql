-- SQLite's porter stemmer. PostgreSQL's own (snowball) is C and gives the same stem for all but a few
-- patterns of words; those, and words with other characters than [a-z0-9], are stemmed step by step here.

DO $$
BEGIN
  -- without stop words: SQLite has none
  CREATE TEXT SEARCH DICTIONARY fts5.porter (TEMPLATE = pg_catalog.snowball, Language = porter);
EXCEPTION WHEN unique_violation OR duplicate_object THEN
  NULL;
END
$$;

-- Matches every word of 3 to 64 characters [a-z0-9] for which snowball may give another stem:
-- only SQLite makes -log of -logi and -ble of -bli; before -ed and -ing it drops one of any two equal
-- consonants or digits but ll, ss and zz, snowball only of nine; and a few whole words, where a suffix
-- would leave nothing in front of it.
CREATE OR REPLACE FUNCTION fts5.porter_differs() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT '(?:log|bl)[iy](?:e?s|eds?|ings?)?$'
    '|(?:cc|hh|jj|kk|qq|vv|ww|xx|yy|00|11|22|33|44|55|66|77|88|99)(?:ed|ing)s?$'
    '|^(?:ies|sses|eeds?|ization.*|(?:at|iz)(?:ed|ing)s?)$'
$$;

-- A `v` for each vowel, a `c` for each consonant; y is a vowel after a consonant.
CREATE OR REPLACE FUNCTION fts5.porter_shape(stem text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  shape text COLLATE "C" := translate(regexp_replace(stem COLLATE "C", '[^aeiouy]', 'c', 'g'), 'aeiou', 'vvvvv');
  y integer;
BEGIN
  LOOP
    y := strpos(shape, 'y');
    EXIT WHEN y = 0;
    shape := overlay(shape PLACING CASE WHEN y > 1 AND substr(shape, y - 1, 1) = 'c' THEN 'v' ELSE 'c' END FROM y FOR 1);
  END LOOP;
  RETURN shape;
END
$$;

-- Whether it ends in consonant, vowel, consonant, the last not w, x or y.
CREATE OR REPLACE FUNCTION fts5.porter_short(stem text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT stem COLLATE "C" !~ '[wxy]$' AND fts5.porter_shape(stem) COLLATE "C" LIKE '%cvc'
$$;

-- The algorithm on bytes, as SQLite has it: a character beyond ASCII is so many consonants. Each byte is a
-- character of LATIN1 here. A stem that ends inside a character cannot be text: it becomes E'\x02' and its bytes
-- in hexadecimal, which no word of a text is.
CREATE OR REPLACE FUNCTION fts5.porter_exact(word text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  w text COLLATE "C";
  stem text COLLATE "C";
  rule text[];
  ascii boolean := octet_length(word) = length(word);
BEGIN
  IF octet_length(word) NOT BETWEEN 3 AND 64 THEN RETURN word; END IF;
  w := CASE WHEN ascii THEN word ELSE convert_from(convert_to(word, 'UTF8'), 'LATIN1') END;

  -- 1a: plurals
  IF w LIKE '%es' THEN
    w := left(w, CASE WHEN w LIKE '_%sses' OR w LIKE '_%ies' THEN -2 ELSE -1 END);
  ELSIF w LIKE '%s' AND w NOT LIKE '%ss' THEN
    w := left(w, -1);
  END IF;

  -- 1b: -ed and -ing, and what that lays bare
  IF w LIKE '_%eed' THEN
    IF fts5.porter_shape(left(w, -3)) LIKE '%vc%' THEN w := left(w, -1); END IF;
  ELSIF w LIKE '_%ed' OR w LIKE '_%ing' THEN
    stem := left(w, CASE WHEN w LIKE '%d' THEN -2 ELSE -3 END);
    IF stem ~ '[aeiou]|.y' THEN
      w := stem;
      IF w LIKE '_%at' OR w LIKE '_%bl' OR w LIKE '_%iz' THEN
        w := w || 'e';
      ELSIF right(w, 1) !~ '[aeioulsz]' AND right(w, 2) = repeat(right(w, 1), 2) THEN
        w := left(w, -1);
      ELSIF fts5.porter_shape(w) LIKE '%vc%' AND fts5.porter_shape(w) NOT LIKE '%vc%vc%' AND fts5.porter_short(w) THEN
        w := w || 'e';
      END IF;
    END IF;
  END IF;

  -- 1c
  IF w LIKE '%y' AND left(w, -1) ~ '[aeiou]|.y' THEN w := left(w, -1) || 'i'; END IF;

  -- 2: the first of these that the word ends with, if something with a vowel and a consonant is left
  rule := CASE
    WHEN w LIKE '_%ational' THEN ARRAY['ational', 'ate']
    WHEN w LIKE '_%tional' THEN ARRAY['tional', 'tion']
    WHEN w LIKE '_%enci' THEN ARRAY['enci', 'ence']
    WHEN w LIKE '_%anci' THEN ARRAY['anci', 'ance']
    WHEN w LIKE '_%izer' THEN ARRAY['izer', 'ize']
    WHEN w LIKE '_%logi' THEN ARRAY['logi', 'log']
    WHEN w LIKE '_%bli' THEN ARRAY['bli', 'ble']
    WHEN w LIKE '_%alli' THEN ARRAY['alli', 'al']
    WHEN w LIKE '_%entli' THEN ARRAY['entli', 'ent']
    WHEN w LIKE '_%eli' THEN ARRAY['eli', 'e']
    WHEN w LIKE '_%ousli' THEN ARRAY['ousli', 'ous']
    WHEN w LIKE '_%ization' THEN ARRAY['ization', 'ize']
    WHEN w LIKE '_%ation' THEN ARRAY['ation', 'ate']
    WHEN w LIKE '_%ator' THEN ARRAY['ator', 'ate']
    WHEN w LIKE '_%alism' THEN ARRAY['alism', 'al']
    WHEN w LIKE '_%iveness' THEN ARRAY['iveness', 'ive']
    WHEN w LIKE '_%fulness' THEN ARRAY['fulness', 'ful']
    WHEN w LIKE '_%ousness' THEN ARRAY['ousness', 'ous']
    WHEN w LIKE '_%aliti' THEN ARRAY['aliti', 'al']
    WHEN w LIKE '_%iviti' THEN ARRAY['iviti', 'ive']
    WHEN w LIKE '_%biliti' THEN ARRAY['biliti', 'ble']
  END;
  IF fts5.porter_shape(left(w, -length(rule[1]))) LIKE '%vc%' THEN w := left(w, -length(rule[1])) || rule[2]; END IF;

  -- 3
  rule := CASE
    WHEN w LIKE '_%ical' THEN ARRAY['ical', 'ic']
    WHEN w LIKE '_%ness' THEN ARRAY['ness', '']
    WHEN w LIKE '_%icate' THEN ARRAY['icate', 'ic']
    WHEN w LIKE '_%iciti' THEN ARRAY['iciti', 'ic']
    WHEN w LIKE '_%ful' THEN ARRAY['ful', '']
    WHEN w LIKE '_%ative' THEN ARRAY['ative', '']
    WHEN w LIKE '_%alize' THEN ARRAY['alize', 'al']
  END;
  IF fts5.porter_shape(left(w, -length(rule[1]))) LIKE '%vc%' THEN w := left(w, -length(rule[1])) || rule[2]; END IF;

  -- 4: dropped, if that leaves two of such
  stem := left(w, -CASE
    WHEN w LIKE '_%al' THEN 2
    WHEN w LIKE '_%ance' OR w LIKE '_%ence' THEN 4
    WHEN w LIKE '_%er' OR w LIKE '_%ic' THEN 2
    WHEN w LIKE '_%able' OR w LIKE '_%ible' THEN 4
    WHEN w LIKE '_%ant' THEN 3
    WHEN w LIKE '_%ement' THEN 5
    WHEN w LIKE '_%ment' THEN 4
    WHEN w LIKE '_%ent' THEN 3
    WHEN w LIKE '_%ion' THEN CASE WHEN w LIKE '%sion' OR w LIKE '%tion' THEN 3 END
    WHEN w LIKE '_%ou' THEN 2
    WHEN w ~ '.(?:ism|ate|iti|ous|ive|ize)$' THEN 3
  END);
  IF fts5.porter_shape(stem) LIKE '%vc%vc%' THEN w := stem; END IF;

  -- 5
  stem := left(w, -1);
  IF w LIKE '%e' AND (fts5.porter_shape(stem) LIKE '%vc%vc%'
      OR fts5.porter_shape(stem) LIKE '%vc%' AND NOT fts5.porter_short(stem)) THEN
    w := stem;
  END IF;
  IF w LIKE '%ll' AND fts5.porter_shape(left(w, -1)) LIKE '%vc%vc%' THEN w := left(w, -1); END IF;

  IF ascii THEN RETURN w; END IF;
  -- only the last character can be cut short, by a byte dropped in 1b
  IF w ~ E'(?:[\\u00c0-\\u00df]|[\\u00e0-\\u00ef][\\u0080-\\u00bf]?|[\\u00f0-\\u00f7][\\u0080-\\u00bf]{0,2})$' THEN
    RETURN E'\x02' || encode(convert_to(w, 'LATIN1'), 'hex');
  END IF;
  RETURN convert_from(convert_to(w, 'LATIN1'), 'UTF8');
END
$$;

-- Not STRICT, so that it is inlined; null stays null all the same.
CREATE OR REPLACE FUNCTION fts5.porter_stem(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN octet_length(word) NOT BETWEEN 3 AND 64 THEN word
    WHEN word COLLATE "C" ~ '^[a-z0-9]+$' AND word COLLATE "C" !~ fts5.porter_differs()
      THEN (ts_lexize('fts5.porter', word))[1]
    ELSE fts5.porter_exact(word)
  END
$$;
