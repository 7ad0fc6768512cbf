/**
 * Data clients: where route texts and drop-in files come from, and how their changes are noticed. They deliver whole
 * files as text and know nothing of what stands in them.
 * May import: chokidar and node:fs, nothing of ours.
 * Invariant: one change on disk, of however many files, is delivered once, when it is complete; never half a file.
 */

export { isDropInFile, isRouteFile, pluginFiles, pluginFilesNow, routeFiles, routeFilesNow } from './file-kinds.ts';
export { placeOfFault, textOf } from './file-text.ts';
export { INLINE_ROUTES, InlineRoutes } from './inline-routes.ts';
export { mapSource } from './map-source.ts';
export { OutsideFiles } from './outside-files.ts';
export type { Deliver, Source, SourceChange, SourceFault, SourceFile } from './source.ts';
export { WatchedFiles, type WatchedFilesOptions } from './watched-files.ts';
