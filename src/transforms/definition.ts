/**
 * What a transform is: options as they stand in the pipeline file, and a
 * function that makes a step of them once the table's columns are known. One
 * file each in steps/, one line each in registry.ts.
 */
import type { z } from "zod";
import type { Shape, Step } from "../core/plan/transform.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import type { LoadedFunction } from "./functions/load-functions.ts";

/** A table that a step makes, and how its rows are distinguished. */
export type OutputShape = Shape & {
  /** Its primary key; absent where the columns decide. */
  readonly key?: readonly string[];
  /** Its rows belong to rows of that table. */
  readonly parent?: {
    readonly columns: readonly string[];
    readonly table: string;
    readonly parentColumns: readonly string[];
  };
};

/** A step as a transform makes it; the registry adds what the definition says of all of them. */
export type StepDraft = Omit<Step, "label" | "undo" | "parity" | "outputs"> & {
  /** What it works on, for messages: `severity`. */
  readonly on: string;
  readonly outputs: readonly [OutputShape, ...OutputShape[]];
  readonly undo?: string;
  readonly parity?: string;
  /** `dedupe`: which of equal rows stays. */
  readonly order?: "first" | "last";
  /** The rows go to a table that other tables' rows go to as well. */
  readonly shared?: boolean;
  /** Columns that are not there any more are left out on purpose, with all that needs them. */
  readonly drops?: boolean;
};

export type StepContext = {
  readonly catalog: Catalog;
  readonly env: NodeJS.ProcessEnv;
  readonly functions: ReadonlyMap<string, LoadedFunction>;
  /** Of the source table; empty when it has none or a step before changed its columns' names. */
  readonly key: readonly string[];
  /** Says what is wrong with the step; all mistakes of a chain are reported together. */
  problem(message: string): void;
};

export type Transform = {
  readonly name: string;
  readonly summary: string;
  /** YAML of one step. */
  readonly example: string;
  readonly options: z.ZodType;
  readonly undo: string;
  readonly parity: string;
  compile(options: unknown, shape: OutputShape, context: StepContext): StepDraft;
};

/** Ties the compiled options to their schema; options are parsed again, so a saved step is as good as a fresh one. */
export function defineTransform<S extends z.ZodType>(
  transform: Omit<Transform, "options" | "compile"> & {
    readonly options: S;
    compile(options: z.infer<S>, shape: OutputShape, context: StepContext): StepDraft;
  },
): Transform {
  return {
    ...transform,
    compile: (options, shape, context) => transform.compile(transform.options.parse(options), shape, context),
  };
}
