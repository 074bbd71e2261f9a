/**
 * Takes Node's `Request` away, which nothing here uses. Yoga looks whether that is its own, and the look
 * alone would make Node load all of its fetch: a tenth of the start, and 2 MB. It can't be put back: to
 * look at it is to load it. What else is preloaded into the process has to do without, too.
 */
export function withoutFetch(): void {
  Reflect.deleteProperty(globalThis, 'Request');
}
