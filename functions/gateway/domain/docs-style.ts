import { html } from './html.ts';

/** The page's style. The page's policy names its hash, so nothing else can style it. */
export const DOCS_STYLE = html`
:root {
  color-scheme: light dark;
  --page: #fff; --text: #1c2128; --soft: #57606a; --line: #d0d7de; --well: #f6f8fa; --link: #0550ae; --must: #a40e26;
  --get: #0550ae; --post: #116329; --put: #7d4e00; --delete: #a40e26;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --text: #e6edf3; --soft: #9da7b3; --line: #3d444d; --well: #161b22; --link: #79c0ff; --must: #ffa198;
    --get: #79c0ff; --post: #7ee787; --put: #f2cc60; --delete: #ffa198;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 80rem; padding: 0 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word;
}
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
:target { scroll-margin-top: 1rem; }
h1 { margin-bottom: 0; }
h2 { margin: 3rem 0 1rem; padding-bottom: 0.3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.1rem; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { margin: 1.25rem 0 0.5rem; }
p { margin: 0.4rem 0; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.9em; }
code { overflow-wrap: anywhere; }
p code { padding: 0.1em 0.2em; background: var(--well); border-radius: 4px; }
pre { margin: 0.75rem 0; padding: 0.75rem 1rem; overflow-x: auto; background: var(--well); border: 1px solid var(--line); border-radius: 6px; }
pre code { overflow-wrap: normal; }
footer { margin: 3rem 0; color: var(--soft); }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; padding: 0.5rem 1rem; background: var(--page); }
.hint, .optional, .limits, .type { color: var(--soft); font-size: 0.9em; }
.required { color: var(--must); font-size: 0.9em; }
.name, caption { font-weight: 600; }
.name { overflow-wrap: break-word; }
.summary { font-size: 1.05rem; }
.method { font: 700 0.85em ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.GET { color: var(--get); }
.POST { color: var(--post); }
.PUT, .PATCH { color: var(--put); }
.DELETE { color: var(--delete); }
article { margin: 0 0 1.5rem; padding: 0.25rem 1rem 1rem; border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; margin: 1rem 0; border-collapse: collapse; }
caption { padding-bottom: 0.3rem; text-align: left; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-size: 0.85em; }
tbody th { font-weight: 400; }
td p:first-child { margin-top: 0; }
summary { padding: 0.2rem 0; cursor: pointer; }
.fields { margin: 0.5rem 0; padding: 0; list-style: none; }
.fields li { padding: 0.5rem 0; border-top: 1px solid var(--line); }
details > .fields { padding-left: 1rem; border-left: 2px solid var(--line); }
nav ul { margin: 0; padding: 0; list-style: none; }
nav ul ul { padding-left: 0.75rem; }
nav li a { display: block; padding: 0.2rem 0; text-decoration: none; }
nav li li a { color: var(--text); font-size: 0.9rem; }
nav a:hover { text-decoration: underline; }
.top { position: sticky; bottom: 0; padding: 0.5rem 0; text-align: right; }
.top a { padding: 0.4rem 0.75rem; background: var(--well); border: 1px solid var(--line); border-radius: 6px; }
@media (min-width: 60rem) {
  .columns { display: grid; grid-template-columns: 20rem minmax(0, 1fr); gap: 2.5rem; }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; padding-bottom: 2rem; overflow-y: auto; }
  .top { display: none; }
}
@media print {
  nav, .top { display: none; }
}
`;
