/** A warm child: answers every message with itself. */
process.on('message', (message) => process.send?.(message));
process.on('disconnect', () => process.exit(0));
