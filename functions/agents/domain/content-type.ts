const MAX_LENGTH = 100;
const FORM = /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*(; ?charset=[a-z0-9-]+)?$/i;

/** What is said of a file's content, where it has the form of a type; files are served with it, so no other text goes there. */
export function fileContentType(given: string | undefined): string {
  return given !== undefined && given.length <= MAX_LENGTH && FORM.test(given) ? given : 'application/octet-stream';
}
