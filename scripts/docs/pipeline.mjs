import { z } from "zod";
import { pipelineSchema } from "../../dist/pipeline/file/schema.js";
import { parametersBy } from "../../dist/postgres/url-parameters.js";
import { cell } from "./cell.mjs";

const schema = z.toJSONSchema(pipelineSchema, { io: "input" });

export function pipelineSchemaText() {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

export function pipelinePage() {
  return [
    "# Pipeline file",
    "",
    "<!-- Written by `npm run docs` from src/pipeline/file/schema.ts and src/postgres/url-parameters.ts; do not edit. -->",
    "",
    "A pipeline is a YAML file. Paths in it are relative to it. `${NAME}` and `${NAME:-default}` are filled in from the environment after YAML was parsed, so no value can change the file's structure; in `cutover`, `${target.url}`, `${target.host}`, `${target.port}`, `${target.database}`, `${target.user}`, `${target.password}` and `${target.schema}` are known. Unknown keys are errors; all mistakes are reported together, with their lines.",
    "",
    "For completion in an editor, begin the file with `# yaml-language-server: $schema=./schema.json` (the schema is [pipelines/schema.json](../pipelines/schema.json)). [knowledge-base.yaml](../pipelines/knowledge-base.yaml) is a worked example, [plain.yaml](../pipelines/plain.yaml) the shortest file that does the whole job.",
    "",
    "| key | value | default | meaning |",
    "|---|---|---|---|",
    ...rows(schema, "", []),
    "",
    "## A server's URL",
    "",
    "Wherever a PostgreSQL URL is given, in a file or on the command line, each of its parameters is applied, left to the application, or refused by name; none is dropped silently. `${target.url}` stays as it was written.",
    "",
    "`?schema=app`, as Prisma writes it, names the schema of the tables. A schema that is named besides (`schema` in a file, `--schema`) must be the same.",
    "",
    `- Applied: ${list("here")}. \`sslmode\` has libpq's meanings; without it, a server on another host must prove itself (\`verify-full\`). \`sslaccept=strict\` asks for that, \`accept_invalid_certs\` for no proof. \`sslcert\` is the client's certificate, with \`sslkey\`; beside \`sslaccept\` or \`sslidentity\` and without \`sslkey\` it is Prisma's, the authority's. \`connection_limit\` holds for the connections to a target, but one to work and one for the sign of life of a run there must be.`,
    `- Left to the application: ${list("application")}.`,
    `- Refused, but for values that ask for nothing: ${list("refused")}. The error says what to do instead.`,
    "",
  ].join("\n");
}

function list(use) {
  return parametersBy(use)
    .map((name) => `\`${name}\``)
    .join(", ");
}

/** A row for each key; objects, lists and alternatives are followed. */
export function rows(node, path, required) {
  const own = node.properties ?? {};
  const lines = Object.entries(own).flatMap(([name, child]) => {
    const full = path === "" ? name : `${path}.${name}`;
    const must = (node.required ?? []).includes(name) && child.default === undefined;
    return [
      `| \`${full}\` | ${cell(typeOf(child))} | ${must ? "required" : defaultOf(child)} | ${cell(child.description ?? "")} |`,
      ...below(child, full),
    ];
  });
  return [...new Set([...required, ...lines])];
}

function below(node, path) {
  if (node.properties) return rows(node, path, []);
  const alternatives = node.anyOf ?? node.oneOf;
  if (alternatives) return [...new Set(alternatives.flatMap((one) => below(one, path)))];
  if (node.items) return below(node.items, `${path}[]`);
  if (node.additionalProperties && typeof node.additionalProperties === "object")
    return below(node.additionalProperties, `${path}.<name>`);
  return [];
}

function typeOf(node) {
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.enum) return node.enum.map((value) => `\`${value}\``).join(", ");
  const alternatives = node.anyOf ?? node.oneOf;
  if (alternatives) return [...new Set(alternatives.map(typeOf))].join(" or ");
  if (node.type === "array") return `list of ${typeOf(node.items)}`;
  if (node.type === "object")
    return node.additionalProperties && typeof node.additionalProperties === "object" ? "map" : "settings";
  return Array.isArray(node.type) ? node.type.join(" or ") : (node.type ?? "value");
}

function defaultOf(node) {
  if (node.default === undefined) return "";
  const text = JSON.stringify(node.default);
  return text === "{}" ? "" : `\`${text}\``;
}
