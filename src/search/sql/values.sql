-- Values that are not text, rendered as SQLite renders them before FTS5 sees them.

-- SQLite writes 17 digits, fewer where a run of nines or zeros at their end lets fewer give the same number back.
-- Exact from 1e-9 to 1e17; beyond, SQLite's powers of ten are rounded, and about one value in a thousand differs in its 17th digit.
CREATE OR REPLACE FUNCTION fts5.real_text(value float8) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  magnitude float8 := abs(value);
  written text;
  digits text COLLATE "C";
  exponent int;
  bits bigint;
  binary_exponent bigint;
  taken bigint;
  unit numeric;
  stem text COLLATE "C";
  candidate text;
BEGIN
  IF value = 0 THEN RETURN '0.0'; END IF;
  IF value = 'NaN' THEN RETURN NULL; END IF;
  IF magnitude = 'Infinity' THEN RETURN CASE WHEN value > 0 THEN 'Inf' ELSE '-Inf' END; END IF;
  -- SQLite first takes as many decimals as give 18 digits to the power of two below: 18 digits or 19
  bits := ('x' || encode(float8send(magnitude), 'hex'))::bit(64)::bigint;
  binary_exponent := CASE WHEN bits >> 52 > 0 THEN (bits >> 52) - 1023
    ELSE length(ltrim(bits::bit(64)::text, '0')) - 1075 END;
  written := btrim(to_char(magnitude, '9.9999999999999999999999999999999EEEE'));
  exponent := split_part(written, 'e', 2)::int;
  taken := 18 + exponent - ((binary_exponent * 78913) >> 18);
  -- half up, in whole numbers: numeric's division would round a first time
  unit := ('1' || repeat('0', (32 - taken)::int))::numeric;
  digits := div(replace(split_part(written, 'e', 1), '.', '')::numeric + unit / 2, unit)::text;
  exponent := exponent + length(digits) - taken;

  IF substr(digits, 15, 2) = '99' THEN
    stem := rtrim(left(digits, 14), '9');
    candidate := CASE WHEN stem = '' THEN '1' ELSE (stem::bigint + 1)::text END;
    IF fts5.is_real(candidate, exponent + 1 - length(stem), magnitude) THEN
      exponent := exponent + length(candidate) - length(stem);
      digits := candidate;
    END IF;
  ELSIF exponent + 1 >= length(digits) OR substr(digits, 14, 3) = '000' THEN
    stem := rtrim(left(digits, 13), '0');
    IF fts5.is_real(stem, exponent + 1 - length(stem), magnitude) THEN digits := stem; END IF;
  END IF;
  IF length(digits) > 17 THEN
    IF substr(digits, 18, 1) >= '5' THEN
      stem := (left(digits, 17)::bigint + 1)::text;
      exponent := exponent + length(stem) - 17;
    ELSE
      stem := left(digits, 17);
    END IF;
    digits := stem;
  END IF;
  digits := rtrim(digits, '0');

  IF exponent < -4 OR exponent > 16 THEN
    written := left(digits, 1) || '.' || coalesce(nullif(substr(digits, 2), ''), '0')
      || 'e' || CASE WHEN exponent < 0 THEN '-' ELSE '+' END || lpad(abs(exponent)::text, greatest(2, length(abs(exponent)::text)), '0');
  ELSIF exponent < 0 THEN
    written := '0.' || repeat('0', -exponent - 1) || digits;
  ELSE
    written := rpad(digits, greatest(length(digits), exponent + 1), '0');
    written := left(written, exponent + 1) || '.' || coalesce(nullif(substr(written, exponent + 2), ''), '0');
  END IF;
  RETURN CASE WHEN value < 0 THEN '-' ELSE '' END || written;
END $$;

-- Written as a literal rather than computed, so that it is rounded once. Text out of range is no number.
CREATE OR REPLACE FUNCTION fts5.is_real(digits text, exponent int, value float8) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF length(digits) + exponent > 308 OR length(digits) + exponent < -306 THEN
    BEGIN
      RETURN (digits || 'e' || exponent)::float8 = value;
    EXCEPTION WHEN numeric_value_out_of_range THEN
      RETURN false;
    END;
  END IF;
  RETURN (digits || 'e' || exponent)::float8 = value;
END $$;

-- FTS5 takes a BLOB's bytes as text; bytes that are not text have no tokens here.
CREATE OR REPLACE FUNCTION fts5.bytes_text(value bytea) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN convert_from(value, 'UTF8');
EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
  RETURN NULL;
END $$;
