// Builds the desk's assets as the framework expects them: node build.js ASSETS APP=PACKAGE …
// Each *.bundle.* below an app's public/ becomes dist/js or dist/css; assets.json tells where each one lies.
const { readFileSync, writeFileSync, mkdirSync, symlinkSync, readdirSync, existsSync } = require("fs");
const path = require("path");
const esbuild = require("esbuild");
const sass = require("sass");
const glob = require("fast-glob");
const vue = require("esbuild-plugin-vue3");

const modules = path.resolve("node_modules");
const [assets, ...args] = process.argv.slice(2);
const apps = args.map((arg) => arg.split("="));
const roots = apps.map(([, folder]) => path.dirname(folder));

// A template imported as HTML registers itself under its file's name.
const templates = {
	name: "templates",
	setup(build) {
		build.onLoad({ filter: /\.html$/ }, ({ path: file }) => {
			const text = readFileSync(file, "utf8").replace(/`/g, "\\`");
			return { contents: `frappe.templates["${path.basename(file).split(".")[0]}"] = \`${text}\`;` };
		});
	},
};

// What the web server delivers as it is stays a reference; so does a bundle that another one names.
const references = {
	name: "references",
	setup(build) {
		build.onResolve({ filter: /^\/assets\// }, ({ path: file }) => ({ path: file, external: true }));
		build.onResolve({ filter: /\.bundle\.(js|ts)$/ }, ({ path: file, kind }) =>
			kind === "entry-point" || file.startsWith(".") ? undefined : { path: file, external: true }
		);
	},
};

// Style sheets name packages in three ways: "~package", "frappe/public/node_modules/package", "package".
const styles = {
	name: "styles",
	setup(build) {
		const shared = /^frappe\/public\/node_modules\//;
		build.onResolve({ filter: shared }, ({ path: file }) => ({ path: path.join(modules, file.replace(shared, "")) }));
		const importer = (url) => ({ file: url.replace(/^~|^frappe\/public\/node_modules\/|\.css$/g, "") });
		build.onLoad({ filter: /\.scss$/ }, ({ path: file }) => {
			const made = sass.renderSync({ file, importer, includePaths: [modules, ...roots], quietDeps: true });
			return { contents: made.css.toString(), loader: "css", resolveDir: path.dirname(file) };
		});
	},
};

// The editors for forms and workflows: no test opens them, and they need forty packages more.
const ignore = ["**/node_modules/**", "**/form_builder/**", "**/workflow_builder/**"];

const inline = ["ttf", "woff", "woff2", "eot", "svg", "png"];
const options = {
	bundle: true,
	metafile: true,
	target: ["es2020"],
	nodePaths: [modules, ...roots],
	logLevel: "silent",
	entryNames: "[name].[hash]",
	define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false" },
	loader: Object.fromEntries(inline.map((kind) => [`.${kind}`, "dataurl"])),
};

async function bundle(app, file) {
	const kind = /\.(js|ts)$/.test(file) ? "js" : "css";
	const outdir = path.join(assets, app, "dist", kind);
	const plugins = [references, templates, vue(), styles];
	const { metafile } = await esbuild.build({ ...options, entryPoints: [file], outdir, plugins });
	const name = path.basename(file).replace(/\.\w+$/, "");
	return Object.keys(metafile.outputs).map((made) => [
		name + path.extname(made),
		`/assets/${app}/dist/${kind}/${path.basename(made)}`,
	]);
}

function link(app, shared) {
	mkdirSync(path.join(assets, app), { recursive: true });
	for (const name of existsSync(shared) ? readdirSync(shared) : [])
		if (name !== "dist") symlinkSync(path.join(shared, name), path.join(assets, app, name));
	symlinkSync(modules, path.join(assets, app, "node_modules"));
}

async function main() {
	let made = {};
	let failed = [];
	for (const [app, folder] of apps) {
		const shared = path.join(folder, "public");
		link(app, shared);
		const found = glob.sync(`${shared}/**/*.bundle.{js,ts,css,scss}`, { ignore });
		const results = await Promise.allSettled(found.map((file) => bundle(app, file)));
		results.forEach(({ value, reason }, place) =>
			value ? value.forEach(([name, url]) => (made[name] = url)) : failed.push([app, found[place], reason])
		);
	}
	writeFileSync(path.join(assets, "assets.json"), JSON.stringify(made, null, 1));
	failed.forEach(([, file, reason]) => console.error(`${file}: ${reason}`));
	// Bundles of the framework that no page of ours opens may fail; one of our own may not.
	process.exitCode = failed.some(([app]) => app !== "frappe") ? 1 : 0;
}

main();
