/** JSON text of a string, escaped exactly as Java peers do, so that frames can be compared. */

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

// oxlint-disable-next-line eslint/no-control-regex -- control characters are what is escaped
const special = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what is escaped
const specialInStrict = /["\\/\u0000-\u001f\u007f-\uffff]/g;

function escape(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

export function quoteJson(text: string): string {
  return `"${text.replace(special, escape)}"`;
}

/** As `quoteJson` with everything outside ASCII escaped too: the form of strict route answers. */
export function quoteJsonAscii(text: string): string {
  const escaped = text.replace(specialInStrict, (character) =>
    character === '/' ? '\\/' : escape(character),
  );
  return `"${escaped}"`;
}
