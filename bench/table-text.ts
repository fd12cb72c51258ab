import type { Table } from './cost-report.ts';

/** A table for the terminal: columns side by side. */
export function asText({ title, rows }: Table): string {
  const [first = []] = rows;
  const widths = first.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  return [title, ...lines].join('\n');
}

/** The same as Markdown, below a heading of the third rank. */
export function asMarkdown({ title, rows }: Table): string {
  return [`### ${title}`, '', markdownRows(rows)].join('\n');
}

export function markdownRows([head = [], ...body]: readonly string[][]): string {
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * A document with the text between its marks replaced: `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`, each on a line of its own.
 *
 * @throws Error where it has no such marks
 */
export function withBlock(document: string, name: string, text: string): string {
  const marks = { begin: `<!-- bench:${name} -->`, end: `<!-- /bench:${name} -->` };
  const [begin, end] = [document.indexOf(marks.begin), document.indexOf(marks.end)];
  if (begin < 0 || end < begin) throw new Error(`The document has no block ${marks.begin} … ${marks.end}.`);
  return `${document.slice(0, begin + marks.begin.length)}\n\n${text}\n\n${document.slice(end)}`;
}
