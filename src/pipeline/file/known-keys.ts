/** The keys that may stand at a place of a pipeline file, for suggestions. */
import { z } from "zod";
import { pipelineSchema } from "./schema.ts";

type Node = {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
};

export function knownKeys(path: readonly (string | number)[]): string[] {
  let nodes = alternatives(z.toJSONSchema(pipelineSchema, { io: "input" }) as Node);
  for (const step of path) nodes = nodes.flatMap((node) => below(node, step)).flatMap(alternatives);
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function below(node: Node, step: string | number): Node[] {
  const named = node.properties?.[step] ?? (typeof step === "number" ? node.items : undefined);
  if (named !== undefined) return [named];
  return typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
}

function alternatives(node: Node): readonly Node[] {
  const among = node.anyOf ?? node.oneOf;
  return among === undefined ? [node] : among.flatMap(alternatives);
}
