import { hash } from 'node:crypto';
import type { RawAnswer } from '../../shared/platform/http/answer.ts';
import type { ApiDocument } from '../domain/docs-model.ts';
import { docsPage } from '../domain/docs-page.ts';
import { DOCS_STYLE } from '../domain/docs-style.ts';

/** Nothing may be loaded, run, sent or framed; the one style is the one that has this hash, the one image is the empty icon. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', DOCS_STYLE.markup, 'base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page for people. It holds nothing of a tenant's and changes only with a deployment, so anybody may keep it for a while. */
export function docsAnswer(document: ApiDocument): RawAnswer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'cache-control': 'public, max-age=300',
  };
  return { kind: 'raw', status: 200, headers, body: docsPage(document) };
}
