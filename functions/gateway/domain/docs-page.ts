import { GUIDE_HEADINGS, guideView } from './docs-guide.ts';
import type { ApiDocument, ApiSchema, Call } from './docs-model.ts';
import { anchor, callsByTag } from './docs-model.ts';
import { methodView, operationView } from './docs-operation.ts';
import { schemaView, typeOf } from './docs-schema.ts';
import { DOCS_STYLE } from './docs-style.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';

/**
 * The OpenAPI file as a page for people: one document without script, image or anything from elsewhere. It is drawn here, because
 * Swagger UI would bring 1.7 MB of script into a stage's own origin, and a package that phones home when it is installed.
 */
export function docsPage(document: ApiDocument): string {
  const { info, components } = document;
  const tags = callsByTag(document);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${info.description}">
<title>${info.title} API ${info.version}</title>
<link rel="icon" href="data:,">
<style>${DOCS_STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>${info.title} API <span class="hint">version ${info.version}</span></h1>
<p>${info.description} The same as a file: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
</header>
<div class="columns">
${contents(tags, Object.keys(components.schemas))}
<main id="content" tabindex="-1">
${guideView(document)}${tags.map(([tag, calls]) => tagView(tag, calls, document))}${schemasView(components.schemas)}</main>
</div>
<p class="top"><a href="#contents">Contents</a></p>
<footer><p>Made from the contracts that check every call.</p></footer>
</body>
</html>
`;
  return page.markup;
}

/** What all addresses begin with says nothing in a list of them. */
const COMMON_START = /^\/api\/v\d+/;

function contents(tags: readonly [string, Call[]][], schemas: readonly string[]): Html {
  return html`<nav id="contents" aria-labelledby="contents-name" tabindex="-1">
<h2 id="contents-name">Contents</h2>
<ul>
${GUIDE_HEADINGS.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>\n`)}${tags.map(
  ([tag, calls]) => html`<li><a href="#${anchor('tag', tag)}">${tag}</a>
<ul>
${calls.map(entryOf)}</ul></li>
`,
)}<li><a href="#schemas">Schemas</a>
<ul>
${schemas.map((name) => html`<li><a href="#${anchor('schema', name)}">${name}</a></li>\n`)}</ul></li>
</ul>
</nav>`;
}

function entryOf(call: Call): Html {
  const path = call.path.replace(COMMON_START, '');
  return html`<li><a href="#${anchor('call', call.operation.operationId)}">${methodView(call)} <code>${path}</code></a></li>
`;
}

function tagView(tag: string, calls: readonly Call[], { components }: ApiDocument): Html {
  const id = anchor('tag', tag);
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${tag}</h2>
${calls.map((call) => operationView(call, components.schemas))}</section>
`;
}

function schemasView(schemas: Record<string, ApiSchema>): Html {
  return html`<section aria-labelledby="schemas">
<h2 id="schemas">Schemas</h2>
${Object.entries(schemas).map(([name, schema]) => schemaArticle(name, schema))}</section>
`;
}

function schemaArticle(name: string, schema: ApiSchema): Html {
  const id = anchor('schema', name);
  return html`<article id="${id}" aria-labelledby="${id}-name">
<h3 id="${id}-name"><a href="#${id}">${name}</a> <span class="type">${typeOf(schema)}</span></h3>
${schemaView(schema)}
</article>
`;
}
