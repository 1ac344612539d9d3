/** Text of a table cell. Within backticks Markdown shows `<` as it is, and an entity would be shown as one. */
export function cell(text) {
  return text
    .replaceAll("|", "\\|")
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll("<", "&lt;")))
    .join("");
}
