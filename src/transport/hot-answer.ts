/** An answer as Node's server would write it, to the byte, on a connection that stays open. */
export function writeHotAnswer(
  status: '200 OK' | '503 Service Unavailable',
  headers: readonly string[],
  body: string,
  keepAliveMs: number,
): string {
  let text = `HTTP/1.1 ${status}\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  }
  const seconds = Math.floor(keepAliveMs / 1000);
  return `${text}Date: ${date()}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n\r\n${body}`;
}

let second = 0;
let dateOfSecond = '';

/** It is the same for a second. */
function date(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    dateOfSecond = new Date(now * 1000).toUTCString();
  }
  return dateOfSecond;
}
