/** What may stand in a field (RFC 9110, 5.5): no line break, above all, with which another one begins. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** @throws {TypeError} for a field that would not stay one: whoever made it has let too much through */
export function assertFieldValue(name: string, value: string): void {
  if (!fieldValue.test(value)) throw new TypeError(`The field ${name} cannot be sent.`);
}
