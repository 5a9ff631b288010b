/* The version of trials, by semver.org. */

#ifndef TRIALS_VERSION_H
#define TRIALS_VERSION_H


#define TRIALS_VERSION "0.1.0"


#endif
