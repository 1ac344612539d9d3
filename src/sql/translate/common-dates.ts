/** Dates that the source writes in several ways: as instants they are equal, and in order, where their texts are not. */
import { isCommon, layoutParts } from "../../core/values/date-layout.ts";
import type { Fragment } from "./fragment.ts";
import { refuse } from "./translation.ts";

/** Refuses what the source decides by the texts. */
export function refuseCommon(piece: Fragment, use: string): void {
  if (isCommonDate(piece)) refuse(`${use} dates that are written in several ways`);
}

/** Fewer digits of a fraction come first in a text as well, but neither `T` after a space nor `Z` after a digit does. */
export function refuseOtherOrder(piece: Fragment, use: string): void {
  if (!isCommonDate(piece)) return;
  const { separator, zone } = layoutParts(piece.encoding.layout);
  if (separator === "either" || zone !== "") refuseCommon(piece, use);
}

function isCommonDate(piece: Fragment): piece is Fragment & { readonly encoding: { readonly layout: string } } {
  return piece.encoding != null && "layout" in piece.encoding && isCommon(piece.encoding.layout);
}
