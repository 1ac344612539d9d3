/** How a step treats a value that it has no mapping for. */
import { z } from "zod";
import { scalar } from "./constant.ts";

export const otherwise = z.union([z.enum(["fail", "keep", "null"]), z.null(), z.strictObject({ value: scalar })]);

export type Otherwise = z.infer<typeof otherwise>;
