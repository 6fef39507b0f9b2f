/** The programs of src/docs/recipes.md. They use what a user has: nothing of the tests. */
package recipes;
