/**
 * A value without the blanks around it, which are no part of it (RFC 9110, 5.5): spaces and tabs, where
 * `trim` takes more. A pattern for those at the end would look at each blank within, again and again.
 */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
