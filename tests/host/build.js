// Builds the desk's assets as the framework expects them: node build.js ASSETS APP…, ASSETS a folder with a link to the
// public/ of each app. Each *.bundle.* below those of the apps named becomes a file in dist/; assets.json tells which.
const { existsSync, readFileSync, writeFileSync } = require("fs");
const { basename } = require("path");
const esbuild = require("esbuild");
const { sassPlugin } = require("esbuild-sass-plugin");
const vue = require("esbuild-plugin-vue3");
const glob = require("fast-glob");

const [assets, ...apps] = process.argv.slice(2);
const roots = process.env.NODE_PATH.split(":");
// The editors for forms and workflows: no test opens them, and they need forty packages more.
const ignore = ["**/node_modules/**", "**/form_builder/**", "**/workflow_builder/**"];
// Some style sheets are imported without their ".css" although there is another dot in the name.
const importMapper = (name) => name.replace(/\.(min|snow|bubble)$/, "$&.css");

// A template imported as HTML registers itself under its file's name; as the framework has it, a backslash in it is one of
// a script's text.
function templates(build) {
	build.onLoad({ filter: /\.html$/ }, ({ path }) => {
		const name = basename(path).split(".")[0];
		const text = readFileSync(path, "utf8").replace(/`/g, "\\`");
		return { contents: `frappe.templates["${name}"] = \`${text}\`;` };
	});
}

const options = {
	entryPoints: apps.flatMap((app) => glob.sync(`${assets}/${app}/**/*.bundle.{js,ts,css,scss}`, { ignore })),
	outdir: `${assets}/dist`,
	entryNames: "[name].[hash]",
	bundle: true,
	metafile: true,
	nodePaths: roots,
	plugins: [{ name: "templates", setup: templates }, sassPlugin({ loadPaths: roots, importMapper, quietDeps: true }), vue()],
	// What the web server delivers as it is stays a reference.
	external: ["/assets/*"],
	define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false" },
	loader: Object.fromEntries([".ttf", ".woff", ".woff2", ".eot", ".svg", ".png"].map((kind) => [kind, "dataurl"])),
};

esbuild.build(options).then(({ metafile }) => {
	const made = Object.keys(metafile.outputs).map((file) => basename(file));
	const urls = made.map((name) => [name.replace(/\.\w+(\.\w+)$/, "$1"), `/assets/dist/${name}`]);
	const list = `${assets}/assets.json`;
	const built = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : {};
	writeFileSync(list, JSON.stringify({ ...built, ...Object.fromEntries(urls) }, null, 1));
});
