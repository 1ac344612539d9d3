export type Layer = {
  readonly name: string;
  readonly is: string;
  readonly uses: readonly string[] | "everything";
  readonly not?: readonly string[];
};
export const layers: readonly Layer[];
export function lintRules(): readonly { readonly includes: readonly string[] }[];
export function lintFile(): string;
export function layerTable(): string;
