import { homedir } from 'node:os';

// Every pattern is a single run of a character class after a fixed start, so that no input makes it slow.
const stackLine = /^[ \t]+at [^\n]*(?:\n|$)/gm;
const fileUrl = /file:\/\/[^\s'"`<>|)\]]*/gi;
const windowsPath = /(?<![A-Za-z0-9])[A-Za-z]:[\\/][^\s'"`<>|)\],;:]*/g;
const uncPath = /\\\\[^\s'"`<>|)\],;:]+/g;
const posixPath = /(?<![\w.])\/[^\s'"`<>|)\],;:]+/g;

/**
 * Makes a message of a runtime fit to leave the machine: absolute paths and file URLs become `[path]`, stack lines
 * go. Names of graph nodes that look like paths go too, because nothing tells them apart.
 *
 * @param folders known folders; their names are replaced whole, even where they hold spaces
 */
export function scrub(text: string, folders: readonly string[] = []): string {
  let clean = text.replaceAll('\r', '').replace(stackLine, '');
  for (const folder of [...folders, homedir()]) {
    if (folder.length > 1) clean = clean.replaceAll(folder, '/_'); // the pattern below finds it
  }
  return clean.replace(fileUrl, '[path]').replace(windowsPath, '[path]').replace(uncPath, '[path]').replace(posixPath, '[path]').trim();
}
