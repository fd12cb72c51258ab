import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';

/** A folder's identity: it survives moving the checkout, and a copy of the checkout has another one. */
function identityOf(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev}:${ino}`;
}

const Envelope = z.object({ folder: z.string(), content: z.unknown() });

/** Replaces a file in one move, readable by its owner only, so that a reader sees the old or the new one and a crash leaves no half. */
export function replaceFile(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}

export function stateText(file: string, content: unknown): string {
  mkdirSync(dirname(file), { recursive: true });
  return JSON.stringify({ folder: identityOf(dirname(file)), content });
}

/**
 * Reads what {@link stateText} wrote. Answers undefined where there is no such file, where it is damaged, and where it
 * came here by copying the checkout: it then speaks of processes of the original, which are not ours to end.
 */
export function readState<T>(file: string, schema: z.ZodType<T>): T | undefined {
  try {
    const { folder, content } = Envelope.parse(JSON.parse(readFileSync(file, 'utf8')));
    return folder === identityOf(dirname(file)) ? schema.parse(content) : undefined;
  } catch {
    return undefined;
  }
}
