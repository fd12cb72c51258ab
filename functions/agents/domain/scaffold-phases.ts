/** A moment of the scaffold agent's work that a person can follow: how far it is, in percent, and what it says. */
export interface Phase {
  progress: number;
  line: string;
}

export function planned(taskType: string): Phase {
  return { progress: 10, line: `Took the ${taskType} task and planned it: from templates, without a model.` };
}

export function generated(files: number): Phase {
  return { progress: 40, line: `Generated ${counted(files)}.` };
}

export function uploaded(done: number, files: number): Phase {
  return { progress: 40 + Math.round((55 * done) / files), line: `Uploaded ${done} of ${counted(files)}.` };
}

function counted(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
