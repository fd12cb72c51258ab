import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorsOf } from './markdown-anchors.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The files and folders of this project that a page names as code. */
export function namedFiles(text: string): string[] {
  const names = text.matchAll(/`((?:functions|lib|test|docs|bench)\/[\w./-]*)`/g);
  return [...names].map(([, path = '']) => path);
}

export const isThere = (path: string): boolean => existsSync(join(ROOT, path));

/** A page without its blocks of code. */
export function withoutExamples(text: string): string {
  return text.replace(/^( *)```[\s\S]*?^\1```$/gm, '');
}

export function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
}

/**
 * Whether a link leads to a page or a section of this project.
 *
 * @param page the file that has it
 */
export function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  return existsSync(file) && (anchor === undefined || anchorsOf(readFileSync(file, 'utf8')).includes(anchor));
}

/** The scripts that a page has its reader run. */
export function calledScripts(text: string): string[] {
  return [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
}

export function isScript(name: string): boolean {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return name in scripts;
}
