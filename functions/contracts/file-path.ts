import * as z from 'zod';

const MAX_BYTES = 200;

function isSafe(path: string): boolean {
  const parts = path.split('/');
  return !/[\\\0]/.test(path) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * The name of a file that an agent makes: relative, its parts separated by `/`, none of them empty, `.` or `..`, no
 * backslash, no NUL, at most 200 bytes of UTF-8. So it stays inside the folder that a client joins it to, and means the
 * same file on every system. Both ends check it: the API before it stores a file, a client before it writes one.
 */
export const FilePath = z
  .string()
  .refine((path) => new TextEncoder().encode(path).length <= MAX_BYTES, `must be at most ${MAX_BYTES} bytes long`)
  .refine(isSafe, 'must be relative, separated by "/", without an empty, "." or ".." part, a backslash or a NUL');
export type FilePath = z.infer<typeof FilePath>;
