/**
 * codewords has the words of invitation codes: English words of 3 to 6 letters with one spelling, which differ enough in sound and
 * in letters that users can say and type them. The number of words is a power of two, so that all words are equally likely.
 */
export const codewords: readonly string[] =
  `abacus acorn alarm album almond alpha amber anchor animal ankle answer anthem antler anvil apex apple april apron arena arrow artist
   aspen atlas atom attic august aurora autumn avenue awning badger bamboo banana banjo banner barrel basket beauty beaver birch bison
   blaze bobbin bonnet bonus border botany bottle branch breath breeze bright bronze broom brush bubble bucket bundle butter button
   byte cabin cafe camera canary candy canoe canvas canyon carbon cargo carpet castle cedar chair chalk chance charm cherry chess
   cinema circle circus city cliff clinic clock cloth cloud clover coast cobalt cocoa coffee comet comic condor cookie copper corner
   cosmos cotton coyote cradle crater crayon crocus crown curly cycle dancer decade delta denim desert diary digit dingo dinner doctor
   domain domino donkey door double dragon drama drawer dream drill drum dusk duvet dynamo eagle earth easel echo elbow eleven emblem
   empire energy engine enigma epoch escape fabric falcon family farmer fathom faucet fence fennel fiddle film flag flask flight flood
   fluffy flute focus forest fork forty fossil friday friend frost fruit future gadget galaxy gallop garden garlic gazebo gecko genius
   gentle giant giggle ginger glider globe gnome goblet golden gopher gossip grain grand grape gravy group guitar hammer happy harp
   hatch hazel hedge helium helmet hermit hiker hockey hollow holly honey hornet hotel humble hurdle hybrid icon igloo iguana image
   impact indigo inlet insect island ivory ivy jackal jade jaguar jelly jersey jester jewel jigsaw jogger joy juice july jumbo jungle
   kayak kettle kimono kitten koala label ladder lagoon lamp laptop lasso lava league legend lemon lemur lentil letter lilac linen
   liquid lizard lobby locket lounge lucky lumber lunch magic magnet magpie mallet mango marble marker maroon marsh meadow melody
   melon menu meteor mirror mobile modern moment monday moss motor movie museum music napkin nebula nectar needle north novel nugget
   nutmeg nylon oboe ocean octave office olive omega onion opal opera orange orbit orchid organ origin osprey otter oven oxygen oyster
   ozone paddle pagoda palace palm panda paper parade parcel park parrot pasta peanut pebble pencil pepper phone photo piano pickle
   picnic pixel pizza planet plasma polite pollen poodle poplar poster potato pouch powder puffin pulley puma puppy purple purse
   puzzle quartz quick quilt quiver rabbit radar radio radish raft rapid rattle raven razor recipe record reef ridge ripple robin
   robust roof rope royal rudder ruler safari salad salmon salsa sandal satin scarf school scout season seven shadow shelf shield
   shore shovel shrimp signal silver simple siren skate skunk sleeve smooth snack soccer sofa spider spiral sponge spoon spring sprout
   spruce squash squid statue steady storm street studio subway sugar summer summit sunday sunset swamp swan syrup table target taxi
   teapot teddy tempo tender tennis tent thorn thread ticket tiger timber title tofu tonic topaz torch toucan towel town track tram
   travel tripod trophy tropic trout tulip tundra tunnel turkey turnip turret turtle tuxedo twelve twist urchin vacuum valley vector
   velvet vessel video violet violin vivid voyage wafer waffle wagon walnut walrus waltz wheat wheel wigwam willow window winter
   wombat wrench yacht yellow yoga young zebra zephyr zigzag zinc zipper zodiac`.split(/\s+/)
