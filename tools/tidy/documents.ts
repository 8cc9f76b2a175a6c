/** Rules about documents: their links lead somewhere, and what they say of versions agrees. */
import { posix } from 'node:path';
import { eachFile, place, type Rule } from './rule.ts';

/** Links between files of the repository, and to headings in them. Links to the web are not ours. */
export const links: Rule = (files) => {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const folders = new Set(files.flatMap(({ path }) => foldersAbove(path)));
  return eachFile('.md', ({ path, text }) => {
    const found = text.matchAll(/(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)/g);
    return [...found].flatMap((match) => {
      const link = match[1] ?? '';
      if (/^[a-z]+:/.test(link)) return [];
      const [file = '', heading] = link.split('#');
      const target = file === '' ? path : posix.join(posix.dirname(path), file).replace(/\/$/, '');
      const page = texts.get(target);
      const dead =
        page === undefined
          ? !folders.has(target)
          : heading !== undefined && !anchors(page).includes(heading);
      return dead ? [`${place(path, text, match.index)} links to ${link}, which is not there`] : [];
    });
  })(files);
};

/** One version everywhere it is written. */
export const versions: Rule = (files) => {
  const read = (path: string, form: RegExp): (readonly [string, string])[] => {
    const text = files.find((file) => file.path === path)?.text ?? '';
    return [[path, form.exec(text)?.[1] ?? 'none']];
  };
  const said = [
    ...read('package.json', /"version": "([^"]+)"/),
    ...read('package-lock.json', /"version": "([^"]+)"/),
    ...read('CHANGELOG.md', /^## (\S+)/m),
  ];
  const [, version] = said[0] ?? [];
  return said
    .filter(([, other]) => other !== version)
    .map(([path, other]) => `${path} has version ${other}, package.json ${version ?? 'none'}`);
};

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
}

/** As GitHub makes them from headings. */
function anchors(page: string): string[] {
  return [...page.matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );
}
