/** What the package exports, a file an entry of package.json: promises to programs and filters of others. */
