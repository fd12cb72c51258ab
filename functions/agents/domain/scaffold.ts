import type { Requirement } from '../../contracts/task-fields.ts';
import { restApiProject } from './rest-api-project.ts';
import { chooseStack } from './scaffold-requirements.ts';
import { report } from './templates/report.ts';

export interface ProjectFile {
  /** Relative and `/`-separated, without `.` or `..` parts. */
  path: string;
  /** Text, to be stored as UTF-8. */
  content: string;
  contentType: string;
}

export type ScaffoldOutcome =
  | { ok: true; files: ProjectFile[]; summary: string }
  | { ok: false; error: { code: 'UNSUPPORTED_REQUIREMENT'; message: string } };

interface ScaffoldTask {
  type: string;
  description: string;
  requirements: readonly Requirement[];
}

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['js', 'text/javascript; charset=utf-8'],
  ['json', 'application/json'],
  ['md', 'text/markdown; charset=utf-8'],
  ['ts', 'text/typescript; charset=utf-8'],
]);
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/**
 * Does the built-in agent's work: from templates, without a model, a clock or chance, so that the same task gives the
 * same bytes when a lost lease makes another worker do it again. Files come sorted by path.
 *
 * @throws Error for a type outside `BUILT_IN_AGENTS.scaffold`, which assignment never lets through.
 */
export function scaffoldProject(task: ScaffoldTask): ScaffoldOutcome {
  switch (task.type) {
    case 'code_generation':
      return generateCode(task);
    case 'simple_task':
      return writeReport(task);
    default:
      throw new Error(`The scaffold agent was given a task of the type ${JSON.stringify(task.type)}.`);
  }
}

function generateCode({ description, requirements }: ScaffoldTask): ScaffoldOutcome {
  const choice = chooseStack(requirements);
  if (!choice.ok) return { ok: false, error: { code: 'UNSUPPORTED_REQUIREMENT', message: choice.message } };
  const { language, framework } = choice.stack;
  const { resource, contents } = restApiProject(description, choice.stack);
  const files = projectFiles(contents);
  const summary = `Wrote a REST API for ${resource} in ${language.title} on ${framework.title}, with its tests: ${files.length} files from templates, without a model.`;
  return { ok: true, files, summary };
}

function writeReport({ description, requirements }: ScaffoldTask): ScaffoldOutcome {
  const files = projectFiles({ 'report.md': report(description, requirements) });
  return { ok: true, files, summary: 'Wrote a short report of what was asked, from a template, without a model.' };
}

function projectFiles(contents: Readonly<Record<string, string>>): ProjectFile[] {
  const files = Object.entries(contents).map(([path, content]) => ({
    path,
    content,
    contentType: contentTypeOf(path),
  }));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function contentTypeOf(path: string): string {
  return CONTENT_TYPES.get(path.slice(path.lastIndexOf('.') + 1)) ?? PLAIN_TEXT;
}
