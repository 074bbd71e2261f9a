/** The rows of a table: cells by their heading, the same headings in every row. */
export type Rows = readonly Readonly<Record<string, string>>[];

/** A Markdown table. */
export function markdownTable(rows: Rows): string {
  const headings = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [
    line(headings),
    line(headings.map(() => '---')),
    ...rows.map((row) => line(headings.map((heading) => row[heading] ?? ''))),
  ].join('');
}
