/** Now, in milliseconds since 1970, to the microsecond: comparable between processes of a machine. */
export const epochMs = (): number => performance.timeOrigin + performance.now();
