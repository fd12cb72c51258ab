import type { ResourceName } from '../resource-name.ts';
import { literalBlock } from '../safe-text.ts';
import type { Stack } from '../scaffold-requirements.ts';

/** `README.md` of the generated project. `description` is the only text of the user in it, shown letter by letter. */
export function readme(resource: ResourceName, { language, framework }: Stack, description: string): string {
  const { singular, plural, typeName } = resource;
  const { title, extension, node } = language;
  return `# The ${plural} API

A small REST API in ${title} on ${framework.title}. It keeps its ${plural} in memory: they are gone when it stops.

**How it was made:** MAOS's built-in \`scaffold\` agent wrote it from templates. No model was used. From the words of
the request it took only the name of the resource, \`${plural}\` (\`items\` where it finds none). Whatever else was asked
for is not in here yet.

## What was asked

${literalBlock(description)}

## Run it

You need Node.js ${node} or later. It runs ${title} as it is, so there is no build step.

\`\`\`sh
npm install
npm start           # http://127.0.0.1:3000
npm test            # the tests, on free ports
${language.checked ? 'npm run typecheck   # the compiler, as a check only\n' : ''}\`\`\`

| variable | default | what |
|---|---|---|
| \`PORT\` | \`3000\` | the port; \`0\` takes a free one |
| \`HOST\` | \`127.0.0.1\` | the address; \`0.0.0.0\` opens the API to the network (it has no authentication of its own) |

Ctrl-C or SIGTERM lets running requests finish and stops it.

## Routes

| call | answer |
|---|---|
| \`GET /health\` | 200 \`{ "status": "ok" }\` |
| \`GET /${plural}?limit=&offset=\` | 200 \`{ items, total, limit, offset }\`, oldest first; \`limit\` 1 to 100 (20), \`offset\` from 0 (0) |
| \`POST /${plural}\` | 201, the ${singular}, and its address in \`Location\` |
| \`GET /${plural}/{id}\` | 200, the ${singular} |
| \`PUT /${plural}/{id}\` | 200, the ${singular}, replaced: a field left out is cleared |
| \`PATCH /${plural}/{id}\` | 200, the ${singular}: a field left out stays |
| \`DELETE /${plural}/{id}\` | 204 |

\`\`\`sh
curl http://127.0.0.1:3000/health
curl http://127.0.0.1:3000/${plural} -H 'content-type: application/json' -d '{"name":"First ${singular}"}'
curl 'http://127.0.0.1:3000/${plural}?limit=10'

ID=...   # the id that POST answered
curl http://127.0.0.1:3000/${plural}/$ID
curl -X PUT http://127.0.0.1:3000/${plural}/$ID -H 'content-type: application/json' -d '{"name":"Another name"}'
curl -X PATCH http://127.0.0.1:3000/${plural}/$ID -H 'content-type: application/json' -d '{"description":"Now described"}'
curl -X DELETE http://127.0.0.1:3000/${plural}/$ID
\`\`\`

Each ${singular} is \`{ id, name, description, createdAt, updatedAt }\`. Clients send \`name\` (1 to 100 characters) and, if they
like, \`description\` (up to 1000 characters, or \`null\`).

## Errors

Every error is JSON: \`{ "error": { "code", "message", "details"? } }\`, where \`details\` lists each fault as \`{ field, message }\`.

| status | code | when |
|---|---|---|
| 400 | \`VALIDATION_ERROR\`, \`INVALID_JSON\`, \`BAD_REQUEST\` | the body, the query or the path is not valid |
| 404 | \`NOT_FOUND\` | no such ${singular}, or no such route |
| 413 | \`PAYLOAD_TOO_LARGE\` | the body is larger than 100 kB |
| 415 | \`UNSUPPORTED_MEDIA_TYPE\` | the body is not \`application/json\` |
| 500 | \`INTERNAL_ERROR\` | the server failed; the reason is in its log only |

## Where to go on

- Fields and their checks: \`src/${plural}/${singular}-store.${extension}\` has the shape, \`src/${plural}/${singular}-input.${extension}\` what clients may send.
- Keeping the data: \`${typeName}Store\` alone knows where it is.
- Routes: \`src/${plural}/${singular}-routes.${extension}\`.
`;
}
