// Loaded before the program (--import): sends it SIGTERM as soon as it listens for that.
process.on('newListener', (event) => {
  if (event === 'SIGTERM') queueMicrotask(() => process.kill(process.pid, 'SIGTERM'));
});
