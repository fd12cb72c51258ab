import { curlOf } from './docs-example.ts';
import type { ApiParameter, ApiRequestBody, ApiResponse, Call, Content, Schemas } from './docs-model.ts';
import { anchor, dataOf, resolved } from './docs-model.ts';
import { about, folded, presence, schemaView, typeOf } from './docs-schema.ts';
import type { Html } from './html.ts';
import { html, joined, NOTHING, prose } from './html.ts';

/** One call, whole. */
export function operationView(call: Call, schemas: Schemas): Html {
  const { operation, path } = call;
  const id = anchor('call', operation.operationId);
  return html`<article id="${id}" aria-labelledby="${id}-name">
<h3 id="${id}-name"><a href="#${id}">${methodView(call)} <code>${path}</code></a></h3>
<p class="summary">${prose(operation.summary)}</p>
<p>${prose(operation.description)} <span class="hint">Operation <code>${operation.operationId}</code></span></p>
${parametersView(operation.parameters ?? [])}${operation.requestBody ? bodyView(operation.requestBody, schemas) : NOTHING}${responsesView(operation.responses)}<h4>Example</h4>
<pre tabindex="0"><code>${curlOf(call, schemas)}</code></pre>
</article>
`;
}

export function methodView({ method }: Call): Html {
  return html`<span class="method ${method}">${method}</span>`;
}

function parametersView(parameters: readonly ApiParameter[]): Html {
  if (parameters.length === 0) return NOTHING;
  return html`<table>
<caption>Parameters</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">What it is</th></tr></thead>
<tbody>
${parameters.map(parameterRow)}</tbody>
</table>
`;
}

function parameterRow({ name, required = false, schema, ...parameter }: ApiParameter): Html {
  return html`<tr><th scope="row"><code class="name">${name}</code> <span class="hint">in ${parameter.in},</span> ${presence(required)}</th>
<td class="type">${typeOf(schema)}</td><td>${about(schema, parameter.description ?? schema.description)}</td></tr>
`;
}

function bodyView({ content, description, required = false }: ApiRequestBody, schemas: Schemas): Html {
  const kinds = Object.entries(content).map(
    ([
      type,
      { schema },
    ]) => html`<p><code>${type}</code> <span class="type">${typeOf(schema)}</span> ${presence(required)}</p>
${schemaView(resolved(schema, schemas))}`,
  );
  return html`<h4>Request body</h4>
${description ? html`<p>${prose(description)}</p>` : NOTHING}${kinds}
`;
}

/** What goes well stands open; errors are alike everywhere, so they are folded to their statuses. */
function responsesView(responses: Record<string, ApiResponse>): Html {
  const all = Object.entries(responses);
  const errors = all.filter(([status]) => isError(status));
  const statuses = errors.map(([status]) => html`<code>${status}</code>`);
  return html`${responseTable(
    'Answers',
    all.filter(([status]) => !isError(status)),
  )}<details class="errors"><summary>Errors ${joined(statuses, ' ')}</summary>
${responseTable('Errors', errors)}</details>
`;
}

/** Whether a status of the file is an error's. */
export function isError(status: string): boolean {
  return Number(status) >= 400;
}

function responseTable(caption: string, responses: readonly [string, ApiResponse][]): Html {
  return html`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Status</th><th scope="col">What it means, and its body</th></tr></thead>
<tbody>
${responses.map(responseRow)}</tbody>
</table>
`;
}

function responseRow([status, { description, content = {} }]: [string, ApiResponse]): Html {
  return html`<tr><th scope="row"><code>${status}</code></th><td><p>${prose(description)}</p>${contentView(content)}</td></tr>
`;
}

function contentView(content: Content): Html {
  const kinds = Object.entries(content).map(([type, { schema }]) => {
    const data = dataOf(schema);
    if (data === undefined) return html`<p><code>${type}</code> <span class="type">${typeOf(schema)}</span></p>`;
    return html`<p><code>${type}</code> <a href="#answers">envelope</a> with <code>data</code>: <span class="type">${typeOf(data)}</span></p>${folded(data, 'data')}`;
  });
  return html`${kinds}`;
}
