import type { ApiDocument } from './docs-model.ts';
import { isError } from './docs-operation.ts';
import type { Html } from './html.ts';
import { html, prose } from './html.ts';

/** The headings of {@link guideView}, for the contents: what holds for every call. */
export const GUIDE_HEADINGS = [
  { id: 'calls', name: 'How to call it' },
  { id: 'answers', name: 'Answers' },
  { id: 'errors', name: 'Errors' },
] as const;

const SETUP = `API=https://…/v1   # the deployment's output ApiUrl without its last slash; locally, apiUrl in .maos/local.json
KEY=maos_…         # npm run keys -- create --name me --scopes read,write

curl "$API/api/v1/tasks" \\
  -H "Authorization: Bearer $KEY"`;

const ENVELOPE = `{
  "id": "5f6cbb5e-3b8f-4f0c-9a51-0e6d1c0a7f2b",
  "status": "success",
  "data": {},
  "metadata": { "responseTime": 12, "attempt": 1, "timestamp": "2026-01-31T12:00:00.000Z" }
}`;

const FAILURE = `{
  "id": "5f6cbb5e-3b8f-4f0c-9a51-0e6d1c0a7f2b",
  "status": "error",
  "error": {
    "code": "VALIDATION_ERROR",
    "message": "The request is not valid: type.",
    "attempts": 1,
    "responseTime": 3,
    "details": [{ "path": "type", "message": "must be 1 to 64 letters, digits, \\"_\\", \\"-\\" or \\".\\"" }]
  },
  "metadata": { "responseTime": 3, "attempt": 1, "timestamp": "2026-01-31T12:00:00.000Z" }
}`;

export function guideView(document: ApiDocument): Html {
  const [calls, answers, errors] = GUIDE_HEADINGS;
  return html`<section aria-labelledby="${calls.id}">
<h2 id="${calls.id}">${calls.name}</h2>
<p>Each call needs a key with the scope that is named with it, save those that are open. No scope implies another.</p>
<pre tabindex="0"><code>${SETUP}</code></pre>
<p>A parameter or field that a call does not name is refused, never ignored. Bodies are JSON of at most 256 KB, where nothing else is said.</p>
<p>Send <code>x-correlation-id</code> (1 to 128 letters, digits, <code>.</code>, <code>_</code> or <code>-</code>) to find again what a call led to: its
answer and every event that it causes carry it. Without one, or with a malformed one, a new one is made.</p>
</section>
<section aria-labelledby="${answers.id}">
<h2 id="${answers.id}">${answers.name}</h2>
<p>A JSON answer comes in an envelope. Its <code>id</code> is the request’s, and <code>x-request-id</code> has it too; <code>responseTime</code> is in
milliseconds.</p>
<pre tabindex="0"><code>${ENVELOPE}</code></pre>
</section>
<section aria-labelledby="${errors.id}">
<h2 id="${errors.id}">${errors.name}</h2>
<p>An error has a code that stays, and a message for people. Where the request is at fault, <code>details</code> names each fault at once.</p>
<pre tabindex="0"><code>${FAILURE}</code></pre>
<table>
<caption>All codes</caption>
<thead><tr><th scope="col">Status</th><th scope="col">Code</th></tr></thead>
<tbody>
${codesOf(document).map(({ status, line }) => html`<tr><th scope="row"><code>${status}</code></th><td>${prose(line)}</td></tr>\n`)}</tbody>
</table>
</section>
`;
}

/** Every line that an error of any call has, once, by status and code. */
function codesOf({ paths }: ApiDocument): { status: string; line: string }[] {
  const responses = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap((operation) => Object.entries(operation.responses));
  const all = responses
    .filter(([status]) => isError(status))
    .flatMap(([status, { description }]) => description.split('\n').map((line) => ({ status, line })));
  const once = new Map(all.map((one) => [`${one.status} ${one.line}`, one]));
  return [...once].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, code]) => code);
}
