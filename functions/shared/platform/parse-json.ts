/**
 * Parses JSON that came from outside of the code.
 *
 * @param what begins the error's sentence: the parser's own words quote what they stumbled over, which no log line may hold, and would
 *   make every such text a cause of its own
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${what} is not JSON.`);
  }
}
