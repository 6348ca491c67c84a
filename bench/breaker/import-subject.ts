// What it costs to import modules, in a process that has imported nothing else: CPU time in nanoseconds.
const modules = (JSON.parse(process.argv[2] ?? '{}') as { readonly modules: readonly string[] }).modules;
const before = process.cpuUsage();
for (const module of modules) await import(module);
const { user, system } = process.cpuUsage(before);
process.send?.({ value: (user + system) * 1_000 }, () => process.exit());
